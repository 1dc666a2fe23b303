//! LAW as stories: what fits from which stage, what follows, which clocks run, and who wins.

mod asks;
mod clocks;
mod places;
mod rows;
mod together;
mod work;
