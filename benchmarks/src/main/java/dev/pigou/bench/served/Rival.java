package dev.pigou.bench.served;

import java.util.Locale;

/** A policy that is compared, in the order of tables and pictures. */
public enum Rival {
    FCFS("first come, first served", "#c0392b"), VTC("VTC (fair shares)",
            "#8e6bb0"), DENSITY("worth a block-second", "#7f8c8d"), PRICE("price", "#1f7a4d");

    private final String title;
    private final String colour;

    Rival(String title, String colour) {
        this.title = title;
        this.colour = colour;
    }

    /** As {@code --scheduling-policy} has it. */
    String policy() { return name().toLowerCase(Locale.ROOT); }

    /** For people. */
    String title() { return title; }

    /** Of its line in pictures, as CSS has it. */
    String colour() { return colour; }
}
