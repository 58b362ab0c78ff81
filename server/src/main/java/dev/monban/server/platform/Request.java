package dev.monban.server.platform;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request from outside, as far as handlers may know it. Its body is read once and bounded. */
public final class Request {

    /** Long enough for every browser, short enough for the event log. */
    private static final int USER_AGENT_MOST_CHARACTERS = 400;

    /** Where a request's headers and its body come from. */
    public interface Source {
        /** All values of this header, in the order of sending. */
        List<String> headers(String name);

        /**
         * The body.
         *
         * @throws Problem (413) where it is longer than that
         */
        byte[] body(int mostBytes);
    }

    private final String method;
    private final String path;
    private final String rawQuery;
    private final String address;
    private final SourceKey sourceKey;
    private final boolean secure;
    private final boolean plainCookies;
    private final Source source;
    private @Nullable Parameters query;
    private @Nullable Parameters form;
    private @Nullable Language language;
    private @Nullable Problem unreadable;
    private boolean known;

    /**
     * @param path the part that the handler matches, decoded
     * @param rawQuery as sent, without the question mark
     * @param address where the request comes from, behind the trusted proxies
     * @param sourceKey what it is counted as
     * @param secure whether the client's end of the connection is TLS
     * @param plainCookies whether its cookies are those of {@link Reply#withPlainCookies}
     */
    public Request(
            String method,
            String path,
            String rawQuery,
            String address,
            SourceKey sourceKey,
            boolean secure,
            boolean plainCookies,
            Source source) {
        this.method = method;
        this.path = path;
        this.rawQuery = rawQuery;
        this.address = address;
        this.sourceKey = sourceKey;
        this.secure = secure;
        this.plainCookies = plainCookies;
        this.source = source;
    }

    /**
     * Notes that its sender has shown who it is, or was counted as somebody who need not: what is
     * wrong with the request does not count for its source as a stranger's.
     */
    public void known() {
        known = true;
    }

    /** Whether {@link #known} was called. */
    public boolean isKnown() {
        return known;
    }

    public String method() {
        return method;
    }

    public boolean isPost() {
        return method.equals("POST");
    }

    public String path() {
        return path;
    }

    public String rawQuery() {
        return rawQuery;
    }

    public String address() {
        return address;
    }

    /** What counts as one source wherever requests are counted; never the address itself. */
    public SourceKey sourceKey() {
        return sourceKey;
    }

    public boolean secure() {
        return secure;
    }

    /** Whether cookies over this connection are those of {@link Reply#withPlainCookies}. */
    boolean plainCookies() {
        return plainCookies;
    }

    /** The header's first value. */
    public Optional<String> header(String name) {
        return source.headers(name).stream().findFirst();
    }

    /** All values of the header. */
    public List<String> headers(String name) {
        return source.headers(name);
    }

    public Optional<String> userAgent() {
        return header("User-Agent")
                .map(text ->
                        text.length() <= USER_AGENT_MOST_CHARACTERS
                                ? text
                                : text.substring(0, USER_AGENT_MOST_CHARACTERS));
    }

    /**
     * The query's parameters.
     *
     * @throws Problem (400) where they are not well-formed
     */
    public Parameters query() {
        if (query == null) {
            query = parse(rawQuery);
        }
        return query;
    }

    /**
     * The form's parameters.
     *
     * @throws Problem (400) where they are not well-formed, (413) where they are too large, (415)
     *     where the body is not a form
     */
    public Parameters form() {
        return form(Limits.FORM_BYTES);
    }

    /**
     * The form's parameters, where the whole form is no longer than that. The first reading counts;
     * what was read once is given again.
     *
     * @throws Problem as {@link #form()}
     */
    public Parameters form(int mostBytes) {
        if (form == null) {
            String type = header("Content-Type").orElse("").split(";", 2)[0].strip();
            if (!type.toLowerCase(Locale.ROOT).equals("application/x-www-form-urlencoded")) {
                throw new Problem(
                        415,
                        "bad_request",
                        "the body is a form: Content-Type application/x-www-form-urlencoded");
            }
            form = parse(withoutLineEnd(bodyOnce(mostBytes)));
        }
        return form;
    }

    /**
     * The body as it came.
     *
     * @throws Problem (413) where it is larger
     */
    public byte[] body(int mostBytes) {
        return source.body(mostBytes);
    }

    /** The form's parameters for POST, the query's for everything else. */
    public Parameters parameters() {
        return isPost() ? form() : query();
    }

    /** A cookie set by {@link Reply#cookie}; empty where the browser sent none, or two. */
    public Optional<String> cookie(String name) {
        String wanted = (plainCookies ? "" : Reply.HOST_PREFIX) + name + "=";
        String found = null;
        for (String header : source.headers("Cookie")) {
            for (String pair : header.split(";", -1)) {
                String trimmed = pair.strip();
                if (trimmed.startsWith(wanted)) {
                    if (found != null) {
                        return Optional.empty();
                    }
                    found = trimmed.substring(wanted.length());
                }
            }
        }
        return Optional.ofNullable(found).filter(value -> !value.isEmpty());
    }

    /** The language that the person wants: by the switch, the browser's memory, its settings. */
    public Language language() {
        if (language == null) {
            language =
                    languageSwitch()
                            .or(() -> cookie(LANGUAGE_COOKIE).flatMap(Language::ofTag))
                            .orElseGet(() ->
                                    Language.ofAcceptLanguage(
                                            header("Accept-Language").orElse("")));
        }
        return language;
    }

    /** The language that the person asked for with this very request. */
    Optional<Language> languageSwitch() {
        try {
            return query().get("lang").flatMap(Language::ofTag);
        } catch (Problem malformedQuery) {
            return Optional.empty();
        }
    }

    static final String LANGUAGE_COOKIE = "monban_language";

    /** A body that was too large is gone: whoever asks again is told the same. */
    private byte[] bodyOnce(int mostBytes) {
        if (unreadable != null) {
            throw unreadable;
        }
        try {
            return source.body(mostBytes);
        } catch (Problem e) {
            unreadable = e;
            throw e;
        }
    }

    /**
     * Some programs end a body with a line break, as they do with a line of text. It is no part of
     * the last parameter: form-encoded, a line break in a value is {@code %0D%0A}.
     */
    private static String withoutLineEnd(byte[] body) {
        int end = body.length;
        while (end > 0 && (body[end - 1] == '\n' || body[end - 1] == '\r')) {
            end--;
        }
        return new String(body, 0, end, StandardCharsets.ISO_8859_1);
    }

    private static Parameters parse(String encoded) {
        try {
            return Parameters.parse(encoded);
        } catch (Parameters.Malformed e) {
            throw Problem.badRequest("the parameters are not well-formed: " + e.getMessage());
        }
    }
}
