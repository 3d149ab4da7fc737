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
};
