//! The room `container`.
