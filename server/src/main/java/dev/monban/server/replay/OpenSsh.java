package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSH's lines in auth.log, with times as rsyslog writes them now (RFC 3339) or wrote them
 * before ({@code Nov 2 09:00:11}). The old ones have neither year nor zone: the year given is
 * taken, and where the months begin anew, the next.
 */
final class OpenSsh implements Importer {

    private static final Pattern LINE =
            Pattern.compile(
                    "^(\\d{4}-\\S+|\\w{3} [ \\d]\\d \\S+) \\S+ sshd(?:-session)?\\[\\d+\\]: "
                            + "(Accepted|Failed) (\\S+) for (invalid user )?(.*) from (\\S+) port .*$");
    private static final DateTimeFormatter OLD =
            DateTimeFormatter.ofPattern("yyyy MMM d HH:mm:ss", Locale.ENGLISH);

    private final ZoneId zone;
    private int year;
    private Month month = Month.JANUARY;

    /**
     * @param year of the first line, where lines have none
     */
    OpenSsh(int year, ZoneId zone) {
        this.year = year;
        this.zone = zone;
    }

    @Override
    public @Nullable Attempt read(byte[] line, int length, long number) throws BadLine {
        Matcher matcher = LINE.matcher(new String(line, 0, length, StandardCharsets.UTF_8));
        if (!matcher.matches() || matcher.group(3).equals("none")) {
            return null;
        }
        boolean unknown = matcher.group(4) != null;
        String name = matcher.group(5);
        Logged logged =
                new Logged()
                        .identifier(name)
                        .account(unknown ? null : name)
                        .address(matcher.group(6))
                        .client("ssh")
                        .step(matcher.group(3).equals("publickey") ? Step.PASSKEY : Step.PASSWORD);
        if (matcher.group(1).length() > 15) {
            logged.at(matcher.group(1));
        } else {
            logged.at(old(matcher.group(1)));
        }
        if (matcher.group(2).equals("Failed")) {
            logged.rejected(unknown ? Rejection.UNKNOWN_ACCOUNT : Rejection.WRONG_PASSWORD);
        }
        return logged.attempt(number);
    }

    private Instant old(String text) throws BadLine {
        try {
            String spaced = text.replaceAll(" +", " ");
            LocalDateTime at = LocalDateTime.parse(year + " " + spaced, OLD);
            if (at.getMonth() == Month.JANUARY && month == Month.DECEMBER) {
                year++;
                at = at.plusYears(1);
            }
            month = at.getMonth();
            return at.atZone(zone).toInstant();
        } catch (DateTimeParseException e) {
            throw new BadLine(
                    "the time " + Importer.cut(text) + " is not written as Nov  2 09:00:11");
        }
    }
}
