using Distiller.Dashboard;
using Distiller.Dashboard.Telemetry;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Distiller.Tests.Dashboard.Telemetry;

internal sealed class Logs_are_harmless
{
    [Test]
    public void marks_that_steer_a_terminal_are_shown_as_dots()
    {
        var line = Write("a\u001b[2Jb\r\nc\u202ed\u2028e\u200ff", null);
        line.ShouldBe("2026-03-02 03:00:00Z warning Night: a·[2Jb··c·d·e·f\n");
    }

    [Test]
    public void an_error_keeps_its_lines_and_nothing_else()
    {
        var text = Write("bad", new InvalidOperationException("x\u001b]0;title\u0007\ny"));
        text.ShouldNotContain("\u001b");
        text.ShouldNotContain("\u0007");
        text.ShouldContain("x·]0;title·\ny");
    }

    [TestCase(LogStyle.Json, "json")]
    [TestCase(LogStyle.Plain, PlainLogFormatter.FormatterName)]
    public void a_server_writes_as_it_is_told(LogStyle format, string expected)
    {
        using var home = new TemporaryFolder();
        using var database = RunDatabase.Sqlite(home["db"]);
        var store = new RunStore(database, TimeProvider.System);
        var app = DashboardServer.Build(
            new DashboardOptions
            {
                Home = home.Path,
                Port = 0,
                Logs = format,
            },
            store,
            new RunCommands(store, TimeProvider.System),
            TimeProvider.System
        );
        using var services = (IDisposable)app;
        app.Services.GetServices<ILoggerProvider>().OfType<ConsoleLoggerProvider>().ShouldHaveSingleItem();
        app.Services.GetServices<ConsoleFormatter>().ShouldContain(f => f.Name == expected);
        var console = app.Services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue;
        console.FormatterName.ShouldBe(expected);
        console.LogToStandardErrorThreshold.ShouldBe(LogLevel.Trace, "standard output is for what a command answers");
    }

    private static string Write(string message, Exception? error)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new PlainLogFormatter(new MovedClock()).Write(
            new LogEntry<string>(LogLevel.Warning, "Distiller.Night", default, message, error, (text, _) => text),
            null,
            writer
        );
        return writer.ToString();
    }
}
