package dev.monban.server.platform;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Shows pages: templates compiled with the program, strict headers, a token for each form. */
public final class Pages {

    private static final Logger LOG = Logger.getLogger(Pages.class.getName());
    private static final int RETRY_AFTER_SECONDS = 5;

    /** Where a person with no other way on begins. */
    private static final String HOME = "/account";

    /** What is longer is said in minutes. */
    private static final int SECONDS_UP_TO = 90;

    private static final String TEMPLATES = "dev.monban.server.jte";

    /** For {@code formTarget}: the page's form may lead anywhere, by as many hops as it likes. */
    public static final String ANYWHERE = "*";

    /**
     * All header bytes of an answer. nginx keeps an answer's headers in one buffer of 4 KiB or 8
     * KiB (proxy_buffer_size) unless it is told otherwise, and answers 502 where they do not fit.
     */
    public static final int MAX_HEADER_BYTES = 3 * 1024;

    /** What the server adds: status line, date, length, HSTS, the cookie for the language. */
    private static final int RESERVED_HEADER_BYTES = 400;

    private final TemplateEngine engine =
            TemplateEngine.createPrecompiled(null, ContentType.Html, null, TEMPLATES);
    private final Assets assets;
    private final Browsers browsers;

    public Pages(Assets assets, Browsers browsers) {
        this.assets = assets;
        this.browsers = browsers;
    }

    /** Shows a page whose forms lead nowhere but here. */
    public Reply show(Request request, int status, String template, Map<String, Object> content) {
        return show(request, status, template, content, "");
    }

    /**
     * Shows a page.
     *
     * @param template the name below {@code src/main/jte}, without its ending
     * @param content the template's parameters, besides {@code page}
     * @param formTarget the scheme of an app ({@code scheme:}) to which the page's forms may lead
     *     in the end, besides this origin: browsers hold every redirect after a form to {@code
     *     form-action} too. Empty for none; {@link #ANYWHERE} for a page with no other form than
     *     one for a client, where the directive is left out
     */
    public Reply show(
            Request request,
            int status,
            String template,
            Map<String, Object> content,
            String formTarget) {
        Browsers.Browser browser = browsers.of(request);
        Texts texts = Texts.in(request.language());
        Page page =
                new Page(texts, assets, browser.formToken(), request.path(), request.rawQuery());
        return browser.remember(render(page, texts, status, template, content, formTarget));
    }

    private Reply render(
            Page page,
            Texts texts,
            int status,
            String template,
            Map<String, Object> content,
            String formTarget) {
        Map<String, Object> parameters = new HashMap<>(content);
        parameters.put("page", page);
        StringOutput output = new StringOutput(8 * 1024);
        engine.render(template + ".jte", parameters, output);
        return Reply.html(status, output.toString())
                .uncached()
                .header("Content-Security-Policy", policy(formTarget))
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Permissions-Policy", "interest-cohort=()")
                .header("Content-Language", texts.language().tag());
    }

    /**
     * Answers a request that reaches no page: an unknown address, a wrong method, too many of them.
     * A browser gets a page, a program a problem detail (RFC 9457); none repeats anything of the
     * request. No cookie is set, because a browser asks for pictures and the like beside a page,
     * and would lose the cookie that the page's form depends on.
     */
    public Reply refuse(Request request, Problem problem) {
        if (!wantsHtml(request)) {
            return problem.asReply();
        }
        Texts texts = Texts.in(request.language());
        return problem.withRetryAfter(
                render(
                        new Page(texts, assets, "", "", ""),
                        texts,
                        problem.status(),
                        "problem",
                        explained(texts, problem, reachesNoPage(problem) ? HOME : ""),
                        ""));
    }

    private static boolean reachesNoPage(Problem problem) {
        return switch (problem.status()) {
            case 404, 405, 414 -> true;
            default -> false;
        };
    }

    /** RFC 9110, section 12.5.1; programs send a star or nothing. */
    private static boolean wantsHtml(Request request) {
        return request.headers("Accept").stream().anyMatch(value -> value.contains("text/html"));
    }

    /**
     * Sends the browser on to another site by a page of ours. With a redirect, the client's own
     * redirects would count as the end of our form, and Chromium stops those that leave the origins
     * of {@code form-action} (Content Security Policy Level 3, section 6.4.2). A page ends the
     * form's chain: what follows it is a plain navigation. It works without script.
     *
     * @param address checked: a registered redirect URI, with what is added to it
     * @param name of the client there
     */
    public Reply leave(Request request, String address, String name) {
        return show(request, 200, "onward", Map.of("address", address, "name", name));
    }

    /**
     * Answers with a page where the handler meets a problem: people read no JSON. A redirect whose
     * headers are larger than {@link #MAX_HEADER_BYTES} becomes a page that leads there.
     */
    public Handler guarded(Handler handler) {
        return request -> {
            try {
                return slim(request, handler.handle(request));
            } catch (Problem problem) {
                return problem(request, problem);
            } catch (Database.DatabaseFailed e) {
                LOG.log(Level.SEVERE, "database failed at " + request.path(), e);
                return problem(request, Problem.busy(RETRY_AFTER_SECONDS));
            }
        };
    }

    /**
     * The same, for a form: where its token is not one of this browser, because the page was open
     * for longer than the browser, say, the person sees the page again instead of an end.
     *
     * @param again the path of the page, with what it needs, from the form's fields
     */
    public Handler guarded(Handler handler, Function<Request, String> again) {
        return guarded(request -> {
            try {
                return handler.handle(request);
            } catch (Problem problem) {
                if (problem.code().equals(Problem.FOREIGN_FORM)) {
                    return Reply.seeOther(again.apply(request));
                }
                throw problem;
            }
        });
    }

    private Reply slim(Request request, Reply reply) {
        Optional<String> location =
                reply.headers().stream()
                        .filter(header -> header.name().equals("Location"))
                        .map(Reply.Header::value)
                        .findFirst();
        if (location.isEmpty() || reply.headerBytes() <= MAX_HEADER_BYTES - RESERVED_HEADER_BYTES) {
            return reply;
        }
        Reply page = leave(request, location.get(), "");
        for (Reply.Header header : reply.headers()) {
            if (header.name().equals("Set-Cookie")) {
                page = page.header(header.name(), header.value());
            }
        }
        return page;
    }

    /** Says what the matter is, in words for people. */
    public Reply problem(Request request, Problem problem) {
        Texts texts = Texts.in(request.language());
        String home = problem.code().equals(Problem.FOREIGN_FORM) ? HOME : "";
        return problem.withRetryAfter(
                show(request, problem.status(), "problem", explained(texts, problem, home)));
    }

    /**
     * @param otherwise the way on where the problem names none
     */
    private static Map<String, Object> explained(Texts texts, Problem problem, String otherwise) {
        String key = "problem." + problem.code();
        String known = texts.all().containsKey(key + ".title") ? key : "problem.bad_request";
        Problem.WayOn wayOn = problem.wayOn().orElse(new Problem.WayOn(otherwise, ""));
        return Map.of(
                "onward", wayOn.path(),
                "onwardName", wayOn.name(),
                "title", texts.get(known + ".title"),
                "text", texts.get(known + ".text"),
                "when", when(texts, problem.retryAfterSeconds()),
                "detail", problem.status() == 400 ? String.valueOf(problem.getMessage()) : "");
    }

    /** When to try again, never too early; empty where that would not help. */
    private static String when(Texts texts, int seconds) {
        if (seconds <= 0) {
            return "";
        }
        return seconds < SECONDS_UP_TO
                ? texts.get("problem.again.seconds", Math.ceilDiv(seconds, 5) * 5)
                : texts.get("problem.again.minutes", Math.ceilDiv(seconds, 60));
    }

    private static String policy(String formTarget) {
        return "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'"
                + (formTarget.equals(ANYWHERE) ? "" : "; form-action 'self'")
                + (formTarget.isEmpty() || formTarget.equals(ANYWHERE) ? "" : " " + formTarget);
    }
}
