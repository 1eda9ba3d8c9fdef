package dev.pigou.engine.demo;

/**
 * A question with exactly one right answer.
 *
 * @param task name of the task it belongs to
 * @param subject what is asked, whatever the phrasing: two questions with the same subject have the same answer, so
 *     that the {@link Split} goes by it
 * @param text the question as a user would write it
 * @param brief the question in as few letters as possible, to be followed by the answer: for drills
 */
public record Question(String task, Band band, String subject, String text, String brief, String answer) {}
