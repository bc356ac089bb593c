// Linked into each module: what strtod.cpp asks the browser. Letter by letter, since a hostile file may have a number of a million digits.
mergeInto(LibraryManager.library, {
  ip_number: function (text, length) {
    var letters = '';
    for (var i = 0; i < length; ++i) letters += String.fromCharCode(HEAPU8[text + i]);
    return Number(letters);
  },
});
