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
  record: {
    damaged: {
      message: "El registro de esta estación está dañado.",
      detail:
        "No se ha cambiado ni borrado nada. Restaure una copia de seguridad para continuar con ella, o empiece un registro nuevo: en ambos casos lo que hay ahora se conserva al lado. Pregunte antes a quien responde de los registros.",
    },
    taken: {
      message: "Otro programa trabaja con el registro de esta estación.",
      detail: "Cierre ese programa e inténtelo de nuevo. Su nombre, si el sistema lo indica, aparece abajo.",
    },
    full: {
      message: "El disco está lleno.",
      detail: "Libere espacio e inténtelo de nuevo. No se ha perdido nada de lo registrado.",
    },
    unwritable: {
      message: "No se puede escribir en el registro de esta estación.",
      detail: "Compruebe el disco y los permisos de la carpeta, e inténtelo de nuevo.",
    },
    restore: "Restaurar una copia…",
    begin: "Empezar un registro nuevo…",
    again: "Intentar de nuevo",
    close: "Cerrar",
    backupTitle: "Elija una copia de seguridad del registro",
    sure: {
      message: "¿Empezar un registro nuevo?",
      detail:
        "El historial empieza de cero y ya no se conocen las unidades aprobadas antes. El registro dañado se conserva con otro nombre en la misma carpeta.",
      begin: "Empezar un registro nuevo",
      back: "Volver",
    },
    notDone: { message: "No ha sido posible. No se ha cambiado nada.", back: "Volver" },
  },
};
