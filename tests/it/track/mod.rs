mod capture;
mod series;
