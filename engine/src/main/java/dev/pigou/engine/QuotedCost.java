package dev.pigou.engine;

import dev.pigou.scheduler.price.Quote;

/**
 * What the choices of one prompt were quoted, and so cost at most; in picocredits.
 *
 * @param firstPico of the first choice, which computes the prompt for all of them, and leases it
 * @param furtherPico of each further one
 */
public record QuotedCost(long firstPico, long furtherPico) {
    /** No quote was given, or none was named. */
    public static final QuotedCost NONE = new QuotedCost(Long.MAX_VALUE, Long.MAX_VALUE);

    public static QuotedCost of(Quote quote) {
        return new QuotedCost(quote.boundPico(), quote.furtherBoundPico());
    }

    long pico(int choice) { return choice == 0 ? firstPico : furtherPico; }
}
