# Every library the build needs. tools/packages.txt lists the Debian packages that provide them.

find_package(Threads REQUIRED)
find_package(dnnl CONFIG REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)   # oneDNN's runtime: each worker's team is set to one thread
find_package(TBB REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C HL)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(hwy CONFIG QUIET)
if(NOT TARGET hwy::hwy)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
  add_library(hwy::hwy ALIAS PkgConfig::HWY)
endif()
find_package(yaml-cpp REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
if(RECUR_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()
find_package(ZLIB REQUIRED)                      # data files compressed by gzip
find_package(LibArchive REQUIRED)                # folders of documents and recordings in one file
find_package(PkgConfig REQUIRED)
pkg_check_modules(SMF REQUIRED IMPORTED_TARGET smf)          # writes MIDI files
pkg_check_modules(SNDFILE REQUIRED IMPORTED_TARGET sndfile)  # recordings, WAV and FLAC
pkg_check_modules(FFTW REQUIRED IMPORTED_TARGET fftw3)       # and their spectra
