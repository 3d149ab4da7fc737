import type { Texts } from "./texts.ts";

export const SPANISH: Texts = {
  title: "Provisioning Station",
  file: "Archivo",
  edit: "Edición",
  view: "Ver",
  training: "Práctica",
  newBoards: "Poner placas nuevas en la bandeja",
  running: {
    message: "Hay ejecuciones en curso.",
    detail:
      "Si cierra la estación ahora, detiene todas las ejecuciones, libera los módems y las registra como ABORTED.",
    stay: "Seguir",
    close: "Detener y cerrar",
  },
  hung: {
    message: "La ventana no responde.",
    detail: "Las ejecuciones continúan sin ella. Recárguela para volver a verlas.",
    wait: "Esperar",
    reload: "Recargar",
  },
  print: "Imprimir o guardar como PDF",
  help: "Ayuda",
  helpForScreen: "Ayuda de esta pantalla",
  pdfTitle: "Guardar como PDF",
  exportTitle: "Exportar ejecuciones",
  reportTitle: "Guardar una parte del informe",
  verifyTitle: "Verificar un registro o una exportación",
  records: "Registros y exportaciones",
  cannotStart: "La estación no puede arrancar",
  importTitles: {
    recipe: "Importar recetas: elija sus carpetas",
    fixture: "Importar útiles",
    profile: "Importar perfiles de servicio",
  },
  attachTitle: "Añadir archivos al documento",
  lineTitle: "Elegir el archivo de la línea",
  credentialsTitle: "Elegir las credenciales de esta estación",
  fallback: {
    message: "La línea no se pudo preparar como antes.",
    detail:
      "En su lugar trabaja la bandeja de práctica. La configuración no cambió: elija con qué debe trabajar la línea.",
  },
};
