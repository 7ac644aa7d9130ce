namespace Distiller.Evaluation.Report;

internal static class Table
{
    /// <summary>Scrolls within itself where the screen is narrow, by keyboard too.</summary>
    public static Html Draw(string kind, string caption, Html head, IEnumerable<Html> rows) =>
        Html.Of(
            $"""
            <div class="scroll" role="region" tabindex="0" aria-label="{caption}">
            <table class="{kind}">
            <caption>{caption}</caption>
            <thead><tr>{head}</tr></thead>
            <tbody>
            {rows}</tbody></table>
            </div>

            """
        );

    public static Html Head(string text, bool number = false) =>
        number ? Html.Of($"<th scope=\"col\" class=\"n\">{text}</th>") : Html.Of($"<th scope=\"col\">{text}</th>");

    public static Html Number(string text, string small = "") =>
        small.Length == 0
            ? Html.Of($"<td class=\"n\">{text}</td>")
            : Html.Of($"<td class=\"n\">{text}<small>{small}</small></td>");
}
