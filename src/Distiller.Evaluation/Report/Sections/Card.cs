namespace Distiller.Evaluation.Report;

/// <summary>One of the figures under the headline.</summary>
internal static class Card
{
    public static Html Draw(string name, Html figure, string note) =>
        Html.Of($"<div><dt>{name}</dt><dd class=\"big\">{figure}</dd><dd><small>{note}</small></dd></div>\n");

    public static Html Arrow(string before, string after) => Html.Of($"<span>{before} →</span> {after}");
}
