package dev.monban.server.replay;

import dev.monban.core.trouble.Trouble;
import dev.monban.core.trouble.Troubles;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Finding;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Watch;
import dev.monban.server.platform.BadInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Year;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Judges a recorded log, line by line, in memory that does not grow with it. */
public final class Replay {

    /** The same in each replay, so that each gives the same verdicts. */
    private static final long KEY = 0x4d6f6e62616eL;

    /** So many people's troubles are followed at the same time. */
    private static final int MOST_TROUBLES = 20_000;

    /** So many broken lines are told; the rest is counted. */
    private static final int MOST_TOLD = 20;

    private static final int LINES_BETWEEN_REPORTS = 20_000;

    private final Importer importer;
    private final Policy policy;
    private final boolean strict;
    private final Consumer<String> tell;
    private final Consumer<Long> progress;

    /**
     * Of a log of another house.
     *
     * @param year of the first line, and {@code zone} of the times, where they have none
     */
    public static Replay of(
            LogFormat format,
            Year year,
            ZoneId zone,
            Policy policy,
            boolean strict,
            Consumer<String> tell,
            Consumer<Long> progress) {
        return new Replay(format.importer(year, zone), policy, strict, tell, progress);
    }

    /**
     * @param strict whether the first broken line ends the replay
     * @param tell is told of broken lines
     * @param progress is told the bytes read so far, now and then
     */
    Replay(
            Importer importer,
            Policy policy,
            boolean strict,
            Consumer<String> tell,
            Consumer<Long> progress) {
        this.importer = importer;
        this.policy = policy;
        this.strict = strict;
        this.tell = tell;
        this.progress = progress;
    }

    /**
     * What came of it.
     *
     * @param lines read
     * @param broken of them, which were left out
     */
    public record Result(
            long lines, long broken, Tally tally, List<Finding> findings, StuckTally stuck) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Replays.
     *
     * @param out where verdicts and findings are written; {@code null} for nowhere
     * @throws BadInput at the first broken line, where it is strict
     */
    public Result run(Path log, @Nullable Path out) throws IOException {
        Watch watch = new Watch(policy, Sizes.standard(), KEY);
        Tally tally = new Tally();
        List<Finding> findings = new ArrayList<>();
        Troubles troubles = new Troubles(MOST_TROUBLES);
        StuckTally stuck = new StuckTally();
        long broken = 0;
        try (InputStream in = Files.newInputStream(log);
                Lines lines = new Lines(in);
                @Nullable ResultWriter writer = out == null ? null : new ResultWriter(out)) {
            while (lines.next()) {
                if (lines.number() % LINES_BETWEEN_REPORTS == 0) {
                    progress.accept(lines.bytes());
                }
                if (lines.isBlank()) {
                    continue;
                }
                Attempt attempt;
                try {
                    if (lines.isTooLong()) {
                        throw new BadLine("longer than " + Lines.MOST_BYTES + " bytes");
                    }
                    attempt = importer.read(lines.line(), lines.length(), lines.number());
                } catch (BadLine e) {
                    broken++;
                    String message = log + ":" + lines.number() + ": " + e.getMessage();
                    if (strict) {
                        throw new BadInput(message);
                    }
                    if (broken <= MOST_TOLD) {
                        tell.accept(message);
                    }
                    continue;
                }
                if (attempt == null) {
                    continue;
                }
                boolean familiar = watch.isFamiliar(attempt.approach());
                Watch.Judged judged = watch.take(attempt);
                for (Trouble trouble : troubles.learn(attempt, judged.verdict(), familiar)) {
                    stuck.add(trouble);
                    if (writer != null) {
                        writer.trouble(trouble);
                    }
                }
                tally.add(attempt, judged.verdict());
                if (writer != null) {
                    writer.verdict(attempt.approach().id(), judged.verdict());
                }
                for (Finding finding : judged.findings()) {
                    findings.add(finding);
                    if (writer != null) {
                        writer.finding(finding);
                    }
                }
            }
            progress.accept(lines.bytes());
            return new Result(lines.number(), broken, tally, findings, stuck);
        }
    }
}
