import type { Texts } from "./texts.ts";

export const CHINESE: Texts = {
  title: "Provisioning Station",
  file: "文件",
  edit: "编辑",
  view: "视图",
  training: "培训",
  newBoards: "在托盘中放入新主板",
  running: {
    message: "仍有运行在进行。",
    detail: "如果现在关闭工作站，将停止所有运行、释放模组，并记录为 ABORTED。",
    stay: "继续运行",
    close: "停止并关闭",
  },
  hung: {
    message: "窗口没有响应。",
    detail: "运行仍在继续。重新加载窗口即可再次查看。",
    wait: "等待",
    reload: "重新加载",
  },
  print: "打印或另存为 PDF",
  help: "帮助",
  helpForScreen: "本界面的帮助",
  pdfTitle: "另存为 PDF",
  exportTitle: "导出运行",
  reportTitle: "保存报告的一部分",
  verifyTitle: "验证记录或导出",
  records: "记录和导出",
  cannotStart: "工作站无法启动",
  importTitles: {
    recipe: "导入配方：选择其文件夹",
    fixture: "导入治具",
    profile: "导入服务配置文件",
  },
  attachTitle: "向文档添加文件",
  lineTitle: "选择产线文件",
  credentialsTitle: "选择本工站的凭据",
  fallback: {
    message: "产线无法恢复到之前的设置。",
    detail: "现在使用培训托盘。配置没有更改：请选择产线要使用的内容。",
  },
  record: {
    damaged: {
      message: "本工作站的记录已损坏。",
      detail:
        "其中没有任何内容被更改或删除。请恢复备份以继续使用，或者开始新的记录：无论哪种方式，现有内容都会保留在旁边。请先询问记录的负责人。",
    },
    taken: {
      message: "另一个程序正在使用本工作站的记录。",
      detail: "请关闭该程序，然后重试。如果系统提供其名称，则显示在下方。",
    },
    full: { message: "磁盘已满。", detail: "请释放一些空间，然后重试。已记录的内容没有丢失。" },
    unwritable: { message: "无法写入本工作站的记录。", detail: "请检查磁盘和文件夹的权限，然后重试。" },
    restore: "恢复备份…",
    begin: "开始新的记录…",
    again: "重试",
    close: "关闭",
    backupTitle: "选择记录的备份",
    sure: {
      message: "开始新的记录？",
      detail: "历史将重新开始，之前通过的设备将不再被识别。损坏的记录以其他名称保留在同一文件夹中。",
      begin: "开始新的记录",
      back: "返回",
    },
    notDone: { message: "操作未成功。没有任何更改。", back: "返回" },
  },
};
