//! Other stores, as links and refs: what is missing travels, what arrives is verified.
