// An adapter as another version of havc would have installed it.
extern "C" const char* havc_libvirt_build_id() {
  return "0.0.0-000000000000";
}
