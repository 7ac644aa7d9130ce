using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Distiller.Tests.Dashboard.Access;

/// <summary>A page, a command and a fault, to try access on.</summary>
internal static class Forms
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/page", () => "inside");
        app.MapGet("/form", (HttpContext context, IAntiforgery forms) => Field(forms.GetAndStoreTokens(context)));
        app.MapPost("/command", () => "done");
        app.MapGet("/who", (HttpContext context) => context.User.Identity?.Name ?? "nobody");
        app.MapPost("/bound", (IFormCollection form) => form["word"].ToString());
        app.MapDelete("/command", () => "done");
        app.MapGet("/throws", string () => throw new InvalidOperationException("<script>"));
    }

    public static async Task<HttpResponseMessage> PostAsync(RunningDashboard server, string path) =>
        await PostAsync(server, path, await server.Browser.GetStringAsync("/form"), null);

    /// <summary>Sends the form that a page has.</summary>
    public static Task<HttpResponseMessage> PostAsync(RunningDashboard server, string path, string page, string? token)
    {
        var fields = Regex
            .Matches(page, """name="([^"]*)" value="([^"]*)">""")
            .ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        fields["word"] = "bird";
        if (token is not null)
        {
            fields["token"] = token;
        }

        return server.Browser.PostAsync(path, new FormUrlEncodedContent(fields));
    }

    private static string Field(AntiforgeryTokenSet tokens) =>
        $"""<input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">""";
}
