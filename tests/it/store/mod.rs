mod chunk;
mod codec;
