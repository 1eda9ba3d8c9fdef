package dev.pigou.scheduler;

/** How many tokens one step may still compute. */
final class TokenBudget {
    private int left;

    void startStep(int tokens) { left = tokens; }

    boolean isSpent() { return left == 0; }

    /** What of {@code wanted} tokens the budget still allows. */
    int atMost(int wanted) {
        return Math.min(wanted, left);
    }

    void spend(int tokens) { left -= tokens; }
}
