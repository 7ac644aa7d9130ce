namespace Distiller.Evaluation.Report;

/// <summary>
/// Markup that is safe to write into the page. It is made by <see cref="Of"/> alone, which encodes whatever is put into
/// the template and is not markup itself: text from a log cannot become an element by being forgotten.
/// </summary>
internal sealed class Html
{
    private Html(string markup) => Markup = markup;

    public string Markup { get; }

    public static Html Empty { get; } = new("");

    public static Html Of(HtmlTemplate template) => new(template.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(p => p.Markup)));

    /// <summary>A file of this assembly; never text from outside.</summary>
    public static Html Resource(string name)
    {
        using var stream =
            typeof(Html).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return new(reader.ReadToEnd());
    }

    public override string ToString() => Markup;
}
