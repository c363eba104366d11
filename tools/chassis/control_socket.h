// A unix stream socket that takes lines and gives back what they are answered. What the lines mean
// it does not know.
#pragma once

#include "base/descriptor.h"

#include <functional>
#include <list>
#include <string>
#include <vector>

struct pollfd;

namespace havc::chassis {

class ControlSocket {
 public:
  using Execute = std::function<std::string(const std::string& line)>;

  /// Listens at `path`; a socket there that nobody listens on any more is replaced. Throws
  /// Error(misconfigured, unusable_here).
  ControlSocket(std::string path, Execute execute);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  /// Appends what has to be polled.
  void add_to(std::vector<pollfd>& polled) const;
  /// Serves everybody who has written, and takes in new ones.
  void serve();

 private:
  struct Client {
    Descriptor connection;
    std::string input;
  };
  bool serve(Client& client);
  bool answer(Client& client);

  std::string path_;
  Execute execute_;
  Descriptor listener_;
  std::list<Client> clients_;
};

}  // namespace havc::chassis
