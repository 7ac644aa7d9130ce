using System.Text;
using System.Text.Encodings.Web;
using Distiller.Core;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distiller.Reporting;

/// <summary>
/// The report for people: one page that holds everything it shows, asks no network for anything, runs no script, and
/// is read as well on a telephone, in the dark, and aloud. The same input gives the same bytes.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page's style sheet, which stands inside the page.</summary>
    public static string StyleSheet { get; } = ReadStyleSheet();

    /// <summary>Writes the page atomically.</summary>
    public static void Write(string path, ReportInput input) =>
        AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(Render(input)));

    /// <summary>Made at once: no component of the page waits for anything.</summary>
    public static string Render(ReportInput input) => RenderAsync(input).GetAwaiter().GetResult();

    private static async Task<string> RenderAsync(ReportInput input)
    {
        await using var services = new ServiceCollection()
            .AddSingleton<HtmlEncoder>(new UntrustedTextEncoder())
            .BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(ReportPage.Input)] = input };
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<ReportPage>(ParameterView.FromDictionary(parameters));
            return page.ToHtmlString();
        });
    }

    private static string ReadStyleSheet()
    {
        using var stream =
            typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")
            ?? throw new InvalidOperationException("The resource report.css is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
