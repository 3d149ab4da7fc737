import type { Texts } from "./texts.ts";

export const VIETNAMESE: Texts = {
  title: "Provisioning Station",
  file: "Tệp",
  edit: "Chỉnh sửa",
  view: "Xem",
  training: "Huấn luyện",
  newBoards: "Đặt bo mạch mới vào khay",
  running: {
    message: "Đang có lần chạy.",
    detail: "Nếu đóng trạm bây giờ, trạm dừng mọi lần chạy, trả lại modem và ghi các lần chạy là ABORTED.",
    stay: "Chạy tiếp",
    close: "Dừng và đóng",
  },
  hung: {
    message: "Cửa sổ không phản hồi.",
    detail: "Các lần chạy vẫn tiếp tục. Tải lại cửa sổ để xem chúng.",
    wait: "Chờ",
    reload: "Tải lại",
  },
  print: "In hoặc lưu thành PDF",
  help: "Trợ giúp",
  helpForScreen: "Trợ giúp cho màn hình này",
  pdfTitle: "Lưu thành PDF",
  exportTitle: "Xuất các lần chạy",
  reportTitle: "Lưu một phần báo cáo",
  verifyTitle: "Xác minh hồ sơ hoặc bản xuất",
  records: "Hồ sơ và bản xuất",
  cannotStart: "Trạm không khởi động được",
  importTitles: {
    recipe: "Nhập công thức: chọn thư mục của chúng",
    fixture: "Nhập đồ gá",
    profile: "Nhập hồ sơ dịch vụ",
  },
  attachTitle: "Thêm tệp vào tài liệu",
  lineTitle: "Chọn tệp của chuyền",
  credentialsTitle: "Chọn thông tin đăng nhập của trạm này",
  fallback: {
    message: "Không thể thiết lập dây chuyền như trước.",
    detail: "Khay huấn luyện thay vào chỗ đó. Cấu hình không bị thay đổi: hãy chọn dây chuyền sẽ làm việc với gì.",
  },
  record: {
    damaged: {
      message: "Bản ghi của trạm này bị hỏng.",
      detail:
        "Không có gì trong đó bị thay đổi hay xóa. Hãy khôi phục một bản sao lưu để làm việc tiếp, hoặc bắt đầu bản ghi mới: trong cả hai trường hợp, những gì đang có được giữ lại bên cạnh. Trước hết hãy hỏi người phụ trách các bản ghi.",
    },
    taken: {
      message: "Một chương trình khác đang dùng bản ghi của trạm này.",
      detail: "Hãy đóng chương trình đó rồi thử lại. Tên của nó, nếu hệ thống cho biết, ở bên dưới.",
    },
    full: { message: "Ổ đĩa đã đầy.", detail: "Hãy giải phóng dung lượng rồi thử lại. Không có gì đã ghi bị mất." },
    unwritable: {
      message: "Không ghi được vào bản ghi của trạm này.",
      detail: "Hãy kiểm tra ổ đĩa và quyền của thư mục rồi thử lại.",
    },
    restore: "Khôi phục bản sao lưu…",
    begin: "Bắt đầu bản ghi mới…",
    again: "Thử lại",
    close: "Đóng",
    backupTitle: "Chọn bản sao lưu của bản ghi",
    sure: {
      message: "Bắt đầu bản ghi mới?",
      detail:
        "Lịch sử bắt đầu lại từ đầu, và các thiết bị đã đạt trước đây không còn được biết đến. Bản ghi hỏng được giữ dưới tên khác trong cùng thư mục.",
      begin: "Bắt đầu bản ghi mới",
      back: "Quay lại",
    },
    notDone: { message: "Không thực hiện được. Không có gì bị thay đổi.", back: "Quay lại" },
  },
};
