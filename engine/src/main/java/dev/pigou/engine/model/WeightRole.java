package dev.pigou.engine.model;

/** What a weight does in the decoder. */
public enum WeightRole {
    EMBEDDING, NORM, QUERY, KEY, VALUE, OUTPUT, BIAS, QK_NORM, GATE, UP, DOWN, LM_HEAD
}
