mod capture;
mod edit;
mod experiment;
mod filter;
mod live;
mod search;
mod series;
