package dev.monban.server.platform;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Shows pages: templates compiled with the program, strict headers, a token for each form. */
public final class Pages {

    private static final Logger LOG = Logger.getLogger(Pages.class.getName());
    private static final int RETRY_AFTER_SECONDS = 5;

    /** What is longer is said in minutes. */
    private static final int SECONDS_UP_TO = 90;

    private static final String TEMPLATES = "dev.monban.server.jte";

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
     * @param formTarget the origin to which the page's forms may lead in the end, besides this one:
     *     browsers hold redirects after a form to {@code form-action} too; empty for none
     */
    public Reply show(
            Request request,
            int status,
            String template,
            Map<String, Object> content,
            String formTarget) {
        Browsers.Browser browser = browsers.of(request);
        Texts texts = Texts.in(request.language());
        Map<String, Object> parameters = new HashMap<>(content);
        parameters.put(
                "page",
                new Page(texts, assets, browser.formToken(), request.path(), request.rawQuery()));
        StringOutput output = new StringOutput(8 * 1024);
        engine.render(template + ".jte", parameters, output);
        Reply reply =
                Reply.html(status, output.toString())
                        .uncached()
                        .header("Content-Security-Policy", policy(formTarget))
                        .header("X-Frame-Options", "DENY")
                        .header("Referrer-Policy", "no-referrer")
                        .header("Cross-Origin-Opener-Policy", "same-origin")
                        .header("Permissions-Policy", "interest-cohort=()")
                        .header("Content-Language", texts.language().tag());
        return browser.remember(reply);
    }

    /** Answers with a page where the handler meets a problem: people read no JSON. */
    public Handler guarded(Handler handler) {
        return request -> {
            try {
                return handler.handle(request);
            } catch (Problem problem) {
                return problem(request, problem);
            } catch (Database.DatabaseFailed e) {
                LOG.log(Level.SEVERE, "database failed at " + request.path(), e);
                return problem(request, Problem.busy(RETRY_AFTER_SECONDS));
            }
        };
    }

    /** Says what the matter is, in words for people. */
    public Reply problem(Request request, Problem problem) {
        String key = "problem." + problem.code();
        Texts texts = Texts.in(request.language());
        String known = texts.all().containsKey(key + ".title") ? key : "problem.bad_request";
        return problem.withRetryAfter(
                show(
                        request,
                        problem.status(),
                        "problem",
                        Map.of(
                                "title", texts.get(known + ".title"),
                                "text", texts.get(known + ".text"),
                                "when", when(texts, problem.retryAfterSeconds()),
                                "detail",
                                        problem.status() == 400
                                                ? String.valueOf(problem.getMessage())
                                                : "")));
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
                + "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
                + (formTarget.isEmpty() ? "" : " " + formTarget);
    }
}
