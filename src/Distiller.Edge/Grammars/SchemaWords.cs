namespace Distiller.Edge.Grammars;

/// <summary>
/// The words of JSON Schema that a grammar can hold, and those that only describe. <c>format</c> and
/// <c>additionalProperties</c> are among the latter: a grammar writes no property that the schema does not name.
/// </summary>
internal static class SchemaWords
{
    public static IReadOnlySet<string> Known { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "$schema",
            "$id",
            "$defs",
            "$comment",
            "definitions",
            "title",
            "description",
            "default",
            "examples",
            "additionalProperties",
            "deprecated",
            "readOnly",
            "writeOnly",
            "strict",
            "format",
            "type",
            "properties",
            "required",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "enum",
            "const",
            "anyOf",
            "oneOf",
            "$ref",
            "nullable",
        };
}
