package dev.monban.server.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.StepUp;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one line of an attempts file. Fields that it does not know are ignored. */
final class AttemptReader implements Importer {

    private static final Map<String, Step> STEPS = byCode(Step.values());
    private static final Map<String, Outcome> OUTCOMES = byCode(Outcome.values());
    private static final Map<String, Rejection> REJECTIONS = byCode(Rejection.values());
    private static final Map<String, NearMiss> NEAR = byCode(NearMiss.values());
    private static final Map<String, StepUp> STEP_UPS = byCode(StepUp.values());

    private final JsonFactory json = new JsonFactory();

    @Override
    public @Nullable Attempt read(byte[] line, int length, long number) throws BadLine {
        Fields fields = new Fields();
        try (JsonParser parser = json.createParser(line, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadLine("not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
                    parser.skipChildren();
                } else if (value != JsonToken.VALUE_NULL) {
                    fields.set(name, value, parser);
                }
            }
            if (parser.nextToken() != null) {
                throw new BadLine("something stands behind the object");
            }
        } catch (IOException e) {
            throw new BadLine("not JSON: " + firstLine(e));
        }
        return fields.attempt();
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static <E extends Enum<E>> Map<String, E> byCode(E[] values) {
        Map<String, E> map = new HashMap<>();
        for (E value : values) {
            map.put(value.name().toLowerCase(Locale.ROOT), value);
        }
        return map;
    }

    /** What a line says. */
    private static final class Fields {
        private @Nullable String id;
        private @Nullable Instant at;
        private @Nullable String tenant;
        private @Nullable String identifier;
        private @Nullable String account;
        private @Nullable String ip;
        private long asn;
        private @Nullable String country;
        private @Nullable String userAgent;
        private @Nullable String device;
        private @Nullable String client;
        private @Nullable Step step;
        private @Nullable Outcome outcome;
        private @Nullable Rejection reason;
        private @Nullable String secretTag;
        private @Nullable NearMiss near;
        private boolean commonSecret;
        private boolean shared;
        private @Nullable Integer totpOffset;
        private @Nullable String session;
        private @Nullable StepUp stepUp;

        void set(String name, JsonToken token, JsonParser parser) throws IOException, BadLine {
            switch (name) {
                case "id" -> id = text(name, token, parser);
                case "at" -> at = time(text(name, token, parser));
                case "tenant" -> tenant = text(name, token, parser);
                case "identifier" -> identifier = text(name, token, parser);
                case "account" -> account = text(name, token, parser);
                case "ip" -> ip = text(name, token, parser);
                case "asn" -> {
                    number(name, token);
                    asn = parser.getLongValue();
                }
                case "country" -> country = text(name, token, parser);
                case "userAgent" -> userAgent = text(name, token, parser);
                case "device" -> device = text(name, token, parser);
                case "client" -> client = text(name, token, parser);
                case "step" -> step = one(name, STEPS, text(name, token, parser));
                case "outcome" -> outcome = one(name, OUTCOMES, text(name, token, parser));
                case "reason" -> reason = one(name, REJECTIONS, text(name, token, parser));
                case "secretTag" -> secretTag = text(name, token, parser);
                case "near" -> near = one(name, NEAR, text(name, token, parser));
                case "commonSecret" -> {
                    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                        throw new BadLine("commonSecret: true or false is wanted");
                    }
                    commonSecret = token == JsonToken.VALUE_TRUE;
                }
                case "shared" -> {
                    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                        throw new BadLine("shared: true or false is wanted");
                    }
                    shared = token == JsonToken.VALUE_TRUE;
                }
                case "totpOffset" -> {
                    number(name, token);
                    totpOffset = parser.getIntValue();
                }
                case "session" -> session = text(name, token, parser);
                case "stepUp" -> stepUp = one(name, STEP_UPS, text(name, token, parser));
                default -> {}
            }
        }

        Attempt attempt() throws BadLine {
            Outcome what = need("outcome", outcome);
            if (what == Outcome.ACCEPTED && reason != null) {
                throw new BadLine("reason: what was accepted has none");
            }
            return new Attempt(
                    new Approach(
                            need("id", id),
                            need("at", at),
                            tenant,
                            need("identifier", identifier),
                            account,
                            need("ip", ip),
                            asn,
                            country,
                            userAgent,
                            device,
                            client,
                            need("step", step),
                            secretTag,
                            commonSecret,
                            session,
                            shared),
                    new Check(what, reason, near, totpOffset, stepUp));
        }

        private static <T> T need(String name, @Nullable T value) throws BadLine {
            if (value == null) {
                throw new BadLine(name + ": is missing");
            }
            return value;
        }

        private static String text(String name, JsonToken token, JsonParser parser)
                throws IOException, BadLine {
            if (token != JsonToken.VALUE_STRING) {
                throw new BadLine(name + ": a text is wanted");
            }
            return parser.getText();
        }

        private static void number(String name, JsonToken token) throws BadLine {
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw new BadLine(name + ": a whole number is wanted");
            }
        }

        private static Instant time(String text) throws BadLine {
            try {
                return text.endsWith("Z")
                        ? Instant.parse(text)
                        : OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new BadLine(
                        "at: "
                                + Importer.cut(text)
                                + " is no RFC 3339 time, such as 2026-09-03T20:24:02.911Z");
            }
        }

        private static <E> E one(String name, Map<String, E> values, String text) throws BadLine {
            E value = values.get(text);
            if (value == null) {
                throw new BadLine(
                        name
                                + ": "
                                + Importer.cut(text)
                                + " is none of "
                                + String.join(", ", values.keySet().stream().sorted().toList()));
            }
            return value;
        }
    }
}
