// libxml2, loaded when the first document is read: with what it brings along (ICU, lzma) it costs 1
// ms of CPU, as much as all else of a healthy monitor, which reads none. Callers include libxml2's
// own headers and see nothing of this.
#pragma once

namespace havc::xml {

/// Loads it. Throws Error(not_installed) when it cannot be: before any other call, because those
/// could not say so everywhere.
void need_libxml2();

/// For text that libxml2 hands out: its xmlFree is a variable, which cannot be loaded late.
void free_text(void* text);

}  // namespace havc::xml
