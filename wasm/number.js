// Linked into each module: what strtod.cpp asks the browser.
mergeInto(LibraryManager.library, {
  ip_number: function (text, length) {
    return Number(String.fromCharCode.apply(null, HEAPU8.subarray(text, text + length)));
  },
});
