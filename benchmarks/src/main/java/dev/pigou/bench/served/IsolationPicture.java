package dev.pigou.bench.served;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two charts side by side as SVG: how long the chat tenant waits, and how many of its requests are answered, by the volume
 * of the tenant beside it. One line a policy through the medians, with bars from the least to the most.
 */
final class IsolationPicture {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 310;
    private static final int TOP = 40;
    private static final int BOTTOM = 250;
    private static final int PANEL = 270;
    private static final int LEFT = 50;
    private static final int RIGHT = 400;
    private static final int LEGEND = RIGHT + PANEL + 14;
    private static final int LINE_HEIGHT = 15;
    private static final int STEPS = 5;
    private static final String GREY = "#333333";

    private final List<Integer> volumes;
    private final List<Rival> rivals;
    private final Figure wait;
    private final Figure answered;
    private final StringBuilder svg = new StringBuilder();

    /** A figure of the chat tenant under a policy, beside so much volume; one value for each seed. */
    interface Figure {
        Samples of(Rival rival, int volume);
    }

    /**
     * Nothing is drawn yet.
     *
     * @param wait p99 time to first token, seconds
     * @param answered per cent of the requests sent
     */
    IsolationPicture(List<Integer> volumes, List<Rival> rivals, Figure wait, Figure answered) {
        this.volumes = volumes;
        this.rivals = rivals;
        this.wait = wait;
        this.answered = answered;
    }

    String svg() {
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                + "\" font-family=\"sans-serif\" font-size=\"12\" "
                + "role=\"img\" aria-label=\"p99 time to first token of the chat tenant and chats answered, by volume of a "
                + "long-context tenant\">");
        add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        panel(LEFT, "everybody else’s chat: p99 time to first token", "s", top(wait, Samples::most), wait);
        panel(RIGHT, "chats answered", "%", 100, answered);
        for (int i = 0; i < rivals.size(); i++) {
            Rival rival = rivals.get(i);
            int y = TOP + 20 + i * 2 * LINE_HEIGHT;
            line(LEGEND, y - 4, LEGEND + 18, y - 4, rival.colour(), strokeWidth(rival));
            text(LEGEND + 24, y, "start", rival.colour(), rival.title());
        }
        add("</svg>");
        return svg.toString();
    }

    private void panel(int left, String title, String unit, double top, Figure figure) {
        text(left, TOP - 20, "start", GREY, title);
        for (int step = 0; step <= STEPS; step++) {
            double value = top * step / STEPS;
            double y = y(value, top);
            line(left, y, left + PANEL, y, "#dddddd", "1");
            text(left - 6, y + 4, "end", GREY, number(value) + " " + unit);
        }
        for (int i = 0; i < volumes.size(); i++) {
            text(x(left, i), BOTTOM + 18, "middle", GREY,
                    volumes.get(i) == 0 ? "none" : "×" + volumes.get(i));
        }
        text(left + PANEL / 2.0, BOTTOM + 36, "middle", GREY, "volume of a tenant with long contexts");
        rivals.forEach(rival -> curve(left, top, rival, figure));
    }

    private void curve(int left, double top, Rival rival, Figure figure) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < volumes.size(); i++) {
            Samples samples = figure.of(rival, volumes.get(i));
            if (Double.isNaN(samples.median())) {
                continue;
            }
            double x = x(left, i) + 2.0 * rivals.indexOf(rival) - rivals.size() + 1; // so that bars do not hide each other
            double y = y(samples.median(), top);
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            line(x, y(samples.least(), top), x, y(samples.most(), top), rival.colour(), "1");
            add(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y,
                    rival.colour()));
        }
        add("<polyline fill=\"none\" stroke=\"" + rival.colour() + "\" stroke-width=\"" + strokeWidth(rival)
                + "\" points=\"" + points.toString().strip() + "\"/>");
    }

    private static String strokeWidth(Rival rival) { return rival == Rival.PRICE ? "3.5" : "2"; }

    /** The end of an axis: a round number of steps above all of it. */
    private double top(Figure figure, ToDoubleFunction<Samples> end) {
        double most = rivals.stream()
                .flatMap(rival -> volumes.stream().map(volume -> figure.of(rival, volume))).mapToDouble(end)
                .filter(Double::isFinite).max().orElse(1);
        double step = Math.max(most, 1e-3) / STEPS;
        double magnitude = Math.pow(10, Math.floor(Math.log10(step)));
        for (double round : new double[]{1, 2, 3, 5, 10}) {
            if (round * magnitude >= step) {
                return round * magnitude * STEPS;
            }
        }
        throw new AssertionError(step); // ten times its magnitude is above any number
    }

    private double x(int left, int i) {
        return left + (volumes.size() < 2 ? PANEL / 2.0 : (double) PANEL * i / (volumes.size() - 1));
    }

    private static double y(double value, double top) { return BOTTOM - (BOTTOM - TOP) * value / top; }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceFirst("\\.?0+$", "");
    }

    private void text(double x, double y, String anchor, String colour, String words) {
        add(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
                x, y, anchor, colour, words));
    }

    private void line(double x1, double y1, double x2, double y2, String colour, String width) {
        add(String.format(Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%s\"/>",
                x1, y1, x2, y2, colour, width));
    }

    private void add(String element) { svg.append(element).append('\n'); }
}
