#include "mail/message.h"

#include <vmime/platforms/posix/posixHandler.hpp>
#include <vmime/vmime.hpp>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace havc::mail {

static bool good(std::string_view address) {
  constexpr std::string_view kNever = "<>()[]\\\"';:`|$&";
  const bool plain = std::all_of(address.begin(), address.end(), [kNever](char letter) {
    return letter > ' ' && letter < '\x7f' && kNever.find(letter) == std::string_view::npos;
  });
  return plain && address.front() != '-' && address.front() != '@' && address.back() != '@' &&
         std::count(address.begin(), address.end(), '@') <= 1;
}

Addresses addresses_in(std::string_view text) {
  Addresses result;
  for (auto& address : text::split(text, ", \t\r\n")) {
    auto& list = good(address) ? result.good : result.refused;
    list.push_back(std::move(address));
  }
  return result;
}

static vmime::shared_ptr<vmime::message> built(const Job& job, const std::string& from, const std::vector<std::string>& to) {
  const vmime::charset utf8(vmime::charsets::UTF_8);
  vmime::messageBuilder builder;
  builder.setExpeditor(vmime::mailbox(from));
  vmime::addressList recipients;
  for (const auto& address : to) recipients.appendAddress(vmime::make_shared<vmime::mailbox>(address));
  builder.setRecipients(recipients);
  builder.setSubject(*vmime::text::newFromString(subject(job.facts, job.subject), utf8));
  builder.getTextPart()->setCharset(utf8);
  builder.getTextPart()->setText(vmime::make_shared<vmime::stringContentHandler>(body(job.facts, job.subject)));
  auto message = builder.construct();
  const auto header = message->getHeader();
  header->MessageId()->setValue(vmime::messageId::generateId());
  const auto automatic = vmime::headerFieldFactory::getInstance()->create("Auto-Submitted");
  automatic->setValue(vmime::word("auto-generated"));  // no vacation programs answer
  header->appendField(automatic);
  return message;
}

std::string compose(const Job& job, const std::string& from, const std::vector<std::string>& to) {
  try {
    vmime::platform::setHandler<vmime::platforms::posix::posixHandler>();
    return built(job, from, to)->generate();
  } catch (const std::exception& error) {
    throw Error(Fault::failed, std::string("cannot compose the mail: ") + error.what());
  }
}

}  // namespace havc::mail
