//! Other programs' images, unpacked here and by them: the same, file by file.
