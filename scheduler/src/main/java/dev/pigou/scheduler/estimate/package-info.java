/// What is learned from running: how long answers get, what a step costs, and from both how much memory a
/// request will hold for how long. Estimates only; who goes first is not decided here.
///
/// Where the formulas are from:
///
/// | what | source |
/// |---|---|
/// | a step's time, linear in prefill tokens, their contexts, decodes and blocks read | a constant and linear work, as in arXiv 2602.02987; the terms are ours |
/// | default figures for Llama 2 70B on H100 | our fit to the profiles of Splitwise (Patel et al., arXiv 2311.18677) |
/// | fading, with what fades put back at the last estimate | after Parkum, Poulsen and Holst, Int. J. Control 55 (1992) |
/// | coefficients of at least 0 by coordinate descent | Franc, Hlavac and Navara, CAIP 2005 |
/// | bounded influence of one step | Huber, Ann. Math. Stat. 35 (1964) |
/// | a new speed seen by surprises in a row, and learned as one ratio | ours |
/// | survival from answers that ended and that were cut | Kaplan and Meier, JASA 53 (1958) |
/// | pulling few observations towards those of a wider kind, hazard by hazard | ours; a beta prior on each hazard |
/// | a prior with a heavy tail | TIE (arXiv 2604.00499) finds log-t; log-logistic for its closed form is ours |
/// | block-seconds as the unit of memory held | Nie, Si and Zhou (arXiv 2605.04595) |
/// | their expectation from mean and variance of what is to come | ours |
@NullMarked
package dev.pigou.scheduler.estimate;

import org.jspecify.annotations.NullMarked;
