using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Distiller.Evaluation.Report;

/// <summary>What the compiler makes of <c>Html.Of($"…")</c>: literals are markup, everything else is encoded.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlTemplate
{
    private readonly StringBuilder _markup;

    public HtmlTemplate(int literalLength, int formattedCount) =>
        _markup = new StringBuilder(literalLength + 32 * formattedCount);

    public void AppendLiteral(string markup) => _markup.Append(markup);

    public void AppendFormatted(Html value) => _markup.Append(value.Markup);

    public void AppendFormatted(IEnumerable<Html> values)
    {
        foreach (var value in values)
        {
            _markup.Append(value.Markup);
        }
    }

    public void AppendFormatted(string? value) => _markup.Append(LogText.Encode(value ?? ""));

    public void AppendFormatted(int value) => _markup.Append(CultureInfo.InvariantCulture, $"{value}");

    /// <summary>Coordinates: to a hundredth, which no screen shows.</summary>
    public void AppendFormatted(double value) =>
        _markup.Append((Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture));

    public override string ToString() => _markup.ToString();
}
