#include "mail/route.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/environment.h"
#include "base/error.h"
#include "base/file.h"
#include "base/handle.h"
#include "base/process.h"
#include "base/text.h"

namespace havc::mail {

namespace {

constexpr long kTransient = 400;  // RFC 5321 4.2.1: 4yz may succeed later
constexpr long kPermanent = 500;  // 5yz will not

void send_by_program(const std::string& message, const Envelope& envelope, const std::string& program,
                     Deadline deadline) {
  std::string text = message;
  std::erase(text, '\r');  // local programs take the host's line ends
  std::vector<std::string> arguments{program, "-i", "-f", envelope.from, "--"};
  arguments.insert(arguments.end(), envelope.to.begin(), envelope.to.end());
  const auto result = run_process(arguments, text, deadline);
  if (result.exit_code == 0) return;
  throw Error(Fault::failed, fmt::format("{} exits with {}: {}", text::quote(program), result.exit_code, result.words()));
}

class Transfer {
 public:
  Transfer(const std::string& message, const Envelope& envelope, const Route& route)
      : rest_(message), url_(route.name.text + "/" + host_name()), handle_(curl_easy_init()) {
    if (!handle_) throw Error(Fault::failed, "libcurl cannot be used");
    for (const auto& address : envelope.to) append(address);
    set(CURLOPT_URL, url_.c_str());  // the path is what EHLO says
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, words_.data());
    set(CURLOPT_MAIL_FROM, envelope.from.c_str());
    set(CURLOPT_MAIL_RCPT, recipients_.get());
    set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one bad address does not cost the others their mail
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READDATA, static_cast<void*>(&rest_));
    set(CURLOPT_READFUNCTION, &Transfer::read);
    set(CURLOPT_USE_SSL, static_cast<long>(route.login.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (!route.ca_file.empty()) set(CURLOPT_CAINFO, route.ca_file.c_str());
    if (route.login.user.empty()) return;
    set(CURLOPT_USERNAME, route.login.user.c_str());
    set(CURLOPT_PASSWORD, route.login.password.c_str());
  }

  void run(Deadline deadline) {
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, deadline.remaining_ms().count())));
    const CURLcode code = curl_easy_perform(handle_.get());
    if (code != CURLE_OK) throw refusal(code);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) {
      throw Error(Fault::failed, "libcurl refuses an option", "install a libcurl with SMTP and TLS");
    }
  }

  void append(const std::string& address) {
    curl_slist* const longer = curl_slist_append(recipients_.get(), address.c_str());
    if (!longer) throw Error(Fault::failed, "out of memory");
    static_cast<void>(recipients_.release());  // it is part of the longer one
    recipients_.reset(longer);
  }

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* from) {
    auto& rest = *static_cast<std::string_view*>(from);
    const std::size_t taken = rest.copy(into, size * count);
    rest.remove_prefix(taken);
    return taken;
  }

  Error refusal(CURLcode code) const {
    long response = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &response);
    const bool said = words_.front() != '\0';
    const std::string problem = fmt::format("{}: {}", url_.substr(0, url_.rfind('/')), said ? words_.data() : curl_easy_strerror(code));
    if (code == CURLE_OPERATION_TIMEDOUT) return {Fault::timed_out, problem};
    if (response >= kPermanent && code != CURLE_RECV_ERROR) return {Fault::permission, problem};
    return {response >= kTransient ? Fault::failed : Fault::unreachable, problem};
  }

  std::string_view rest_;
  std::string url_;
  Handle<CURL, curl_easy_cleanup> handle_;
  Handle<curl_slist, curl_slist_free_all> recipients_;
  std::array<char, CURL_ERROR_SIZE> words_{};
};

}  // namespace

Login read_login(const std::string& path) {
  constexpr std::size_t kLargest = 4096;
  constexpr mode_t kOthers = 077;
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    const int error = errno;
    throw Error(fault_of(error), "cannot read " + text::quote(path) + ": " + system_words(error));
  }
  if ((facts.st_mode & kOthers) != 0 || (facts.st_uid != 0 && facts.st_uid != geteuid())) {
    throw Error(Fault::permission, "others may read or own " + text::quote(path), "chown root and chmod 600 " + path);
  }
  const auto lines = text::split(read_file(path, kLargest), "\r\n");
  if (lines.size() != 2) {
    throw Error(Fault::misconfigured, text::quote(path) + " has not two lines", "write the user into the first, the password into the second");
  }
  return {lines[0], lines[1]};
}

void deliver(const std::string& message, const Envelope& envelope, const Route& route, Deadline deadline) {
  if (route.name.relay()) return Transfer(message, envelope, route).run(deadline);
  send_by_program(message, envelope, route.name.text, deadline);
}

}  // namespace havc::mail
