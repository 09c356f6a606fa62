# find_package(umsdk): the imported targets umsdk::umsdk and, for tests, umsdk::testing.
include(CMakeFindDependencyMacro)
find_dependency(absl)

get_filename_component(_umsdk_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET umsdk::umsdk)
  add_library(umsdk::umsdk SHARED IMPORTED)
  set_target_properties(umsdk::umsdk PROPERTIES
    IMPORTED_LOCATION "${_umsdk_prefix}/lib/libumsdk.so.1"
    IMPORTED_SONAME "libumsdk.so.1"
    INTERFACE_INCLUDE_DIRECTORIES "${_umsdk_prefix}/include/umsdk-1"
    INTERFACE_COMPILE_FEATURES cxx_std_20
    INTERFACE_LINK_LIBRARIES "absl::status;absl::statusor")
endif()

if(NOT TARGET umsdk::testing)
  add_library(umsdk::testing STATIC IMPORTED)
  set_target_properties(umsdk::testing PROPERTIES
    IMPORTED_LOCATION "${_umsdk_prefix}/lib/libumsdk_testing.a"
    INTERFACE_LINK_LIBRARIES umsdk::umsdk)  # and the test's own GTest::gmock
endif()

unset(_umsdk_prefix)
