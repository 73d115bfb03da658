{
  # The same addon as CMakeLists.txt builds, for machines without CMake. native/build.mjs chooses.
  "variables": { "opus_root": "node_modules/@discordjs/opus/deps/opus" },
  "targets": [
    {
      "target_name": "opus",
      "type": "static_library",
      "sources": ["<!@(node native/sources.mjs opus)"],
      "include_dirs": ["<(opus_root)/include", "<(opus_root)", "<(opus_root)/celt", "<(opus_root)/silk", "<(opus_root)/silk/float"],
      "defines": ["OPUS_BUILD", "VAR_ARRAYS", "HAVE_LRINT", "HAVE_LRINTF", "OPUS_VERSION=\"1.3.1\"", "PACKAGE_VERSION=\"1.3.1\""],
      "cflags!": ["-O3", "-Wall", "-Wextra"],
      "cflags": ["-O2", "-w", "-fPIC"]
    },
    {
      "target_name": "oavc",
      "dependencies": ["opus"],
      "sources": ["<!@(node native/sources.mjs core)", "<!@(node native/sources.mjs addon)"],
      "include_dirs": ["native", "<(opus_root)/include", "node_modules/node-addon-api"],
      "defines": ["NAPI_VERSION=8", "NAPI_CPP_EXCEPTIONS"],
      "cflags!": ["-fno-exceptions", "-Wno-unused-parameter"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++20", "-O3", "-Wall", "-Wextra", "-ffp-contract=fast", "-fvisibility=hidden"],
      "ldflags": ["-Wl,--exclude-libs,ALL", "-s"]
    }
  ]
}
