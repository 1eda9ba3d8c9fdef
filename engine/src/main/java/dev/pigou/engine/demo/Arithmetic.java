package dev.pigou.engine.demo;

/** Sums and differences of two numbers: at most two digits are easy, three digits are hard. */
final class Arithmetic {
    private Arithmetic() {}

    static final class Sum implements Task {
        @Override
        public String name() { return "sum"; }

        @Override
        public Question draw(Band band, Draws draws) {
            Operands operands = Operands.draw(band, draws);
            int a = operands.first();
            int b = operands.second();
            String text = draws.oneOf("What is " + a + " + " + b + "?", "What is " + a + " + " + b + "?",
                    "what is " + a + "+" + b + "?", "What is " + a + " plus " + b + "?",
                    a + " + " + b + " = ?", a + "+" + b, a + "+" + b + "=", "Add " + a + " and " + b + ".",
                    "How much is " + a + " + " + b + "?", "Calculate " + a + " + " + b + ".",
                    "What is the sum of " + a + " and " + b + "?");
            return new Question(name(), band, "sum " + Math.min(a, b) + " " + Math.max(a, b), text,
                    a + "+" + b + "=", Integer.toString(a + b));
        }
    }

    static final class Difference implements Task {
        @Override
        public String name() { return "difference"; }

        @Override
        public Question draw(Band band, Draws draws) {
            Operands drawn = Operands.draw(band, draws);
            Operands operands = draws.chance(0.9) ? drawn.largerFirst() : drawn;
            int a = operands.first();
            int b = operands.second();
            String text = draws.oneOf("What is " + a + " - " + b + "?", "What is " + a + " - " + b + "?",
                    "what is " + a + "-" + b + "?", "What is " + a + " minus " + b + "?",
                    a + " - " + b + " = ?", a + "-" + b, a + "-" + b + "=",
                    "Subtract " + b + " from " + a + ".", "How much is " + a + " - " + b + "?",
                    "Calculate " + a + " - " + b + ".", "Take " + b + " away from " + a + ".");
            return new Question(name(), band, "difference " + a + " " + b, text, a + "-" + b + "=",
                    Integer.toString(a - b));
        }
    }

    private record Operands(int first, int second) {
        static Operands draw(Band band, Draws draws) {
            if (band == Band.EASY) {
                return new Operands(draws.number(easyDigits(draws)), draws.number(easyDigits(draws)));
            }
            int three = draws.number(3);
            int other = draws.number(draws.chance(0.6) ? 3 : draws.between(1, 2));
            return draws.chance(0.5) ? new Operands(three, other) : new Operands(other, three);
        }

        private static int easyDigits(Draws draws) { return draws.chance(0.75) ? 2 : 1; }

        Operands largerFirst() { return new Operands(Math.max(first, second), Math.min(first, second)); }
    }
}
