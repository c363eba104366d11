// valgrind 3.19 does not know pidfds. Preloaded into a program that runs under it, this has them opened and signalled by
// memory_test.py --serve, which runs beside it. Any other system call goes its way. Not for anything else.
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

struct Request {
  long call;    // SYS_pidfd_open, with pid; SYS_pidfd_send_signal, with the descriptor beside it
  long number;  // a pid, or a signal
};

long raw(long call, const long* a) {
  long result = 0;
  register long a4 asm("r10") = a[3];
  register long a5 asm("r8") = a[4];
  register long a6 asm("r9") = a[5];
  asm volatile("syscall"
               : "=a"(result)
               : "a"(call), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(a4), "r"(a5), "r"(a6)
               : "rcx", "r11", "memory");
  return result;
}

int connect_to_server() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const char* const path = getenv("PIDFD_SERVER");
  strncpy(address.sun_path, path == nullptr ? "" : path, sizeof address.sun_path - 1);
  const int server = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return server;
  abort();  // no test without its server
}

void attach(msghdr& message, char* room, std::size_t size, int descriptor) {
  message.msg_control = room;
  message.msg_controllen = size;
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
}

// The descriptor that came along, or 0, or minus errno.
long ask(Request request, int descriptor) {
  const int server = connect_to_server();
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof descriptor)] = {};
  iovec words{&request, sizeof request};
  msghdr message{};
  message.msg_iov = &words;
  message.msg_iovlen = 1;
  if (descriptor >= 0) attach(message, room, sizeof room, descriptor);
  if (sendmsg(server, &message, 0) < 0) abort();
  long answer = 0;
  words = {&answer, sizeof answer};
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  if (recvmsg(server, &message, MSG_CMSG_CLOEXEC) != sizeof answer) abort();
  close(server);
  const cmsghdr* const head = CMSG_FIRSTHDR(&message);
  if (answer == 0 && head != nullptr) {
    int opened = -1;
    memcpy(&opened, CMSG_DATA(head), sizeof opened);
    return opened;
  }
  return answer;
}

}  // namespace

extern "C" long syscall(long call, ...) {
  long a[6];
  va_list list;
  va_start(list, call);
  for (long& each : a) each = va_arg(list, long);
  va_end(list);
  long result = 0;
  if (call == SYS_pidfd_open)
    result = ask({call, static_cast<int>(a[0])}, -1);
  else if (call == SYS_pidfd_send_signal)
    result = ask({call, static_cast<int>(a[1])}, static_cast<int>(a[0]));
  else
    result = raw(call, a);
  if (result >= 0 || result < -4095) return result;
  errno = static_cast<int>(-result);
  return -1;
}
