using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Distiller.Dashboard.Telemetry;

/// <summary>
/// One line an entry. Marks that would steer a terminal or turn the direction of the text are shown as <c>·</c>: parts of
/// an entry come from logs of others.
/// </summary>
internal sealed class PlainLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "distiller";

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var line = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z ")
            .Append(Word(logEntry.LogLevel))
            .Append(logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..])
            .Append(": ")
            .Append(Harmless(logEntry.Formatter(logEntry.State, logEntry.Exception), keepLines: false));
        if (logEntry.Exception is { } error)
        {
            line.Append('\n').Append(Harmless(error.ToString(), keepLines: true));
        }

        textWriter.WriteLine(line);
    }

    internal static string Harmless(string text, bool keepLines) =>
        string.Create(
            text.Length,
            (text, keepLines),
            static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++)
                {
                    var c = from.text[i];
                    to[i] = (c == '\n' && from.keepLines) || !IsMark(c) ? c : '·';
                }
            }
        );

    private static bool IsMark(char c) =>
        char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Critical or LogLevel.Error => "ERROR ",
            LogLevel.Warning => "warning ",
            _ => "",
        };
}

/// <summary>How the server writes its log to standard output.</summary>
public enum LogStyle
{
    /// <summary>A line for a person.</summary>
    Plain,

    /// <summary>One JSON object a line.</summary>
    Json,
}
