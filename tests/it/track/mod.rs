mod capture;
mod filter;
mod series;
