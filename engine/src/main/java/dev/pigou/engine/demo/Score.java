package dev.pigou.engine.demo;

import java.util.Locale;

/** How many of the held-out questions of one task and band were answered exactly. */
public record Score(String task, Band band, int right, int asked) {
    public double accuracy() { return (double) right / asked; }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s/%s %.1f%%", task, band.name().toLowerCase(Locale.ROOT),
                100 * accuracy());
    }
}
