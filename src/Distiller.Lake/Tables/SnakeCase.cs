using System.Text;

namespace Distiller.Lake.Tables;

/// <summary><c>StartedAt</c> as <c>started_at</c>.</summary>
internal static class SnakeCase
{
    public static string Of(string property)
    {
        var name = new StringBuilder();
        for (var i = 0; i < property.Length; i++)
        {
            if (char.IsUpper(property[i]) && i > 0 && !char.IsUpper(property[i - 1]))
            {
                name.Append('_');
            }

            name.Append(char.ToLowerInvariant(property[i]));
        }

        return name.ToString();
    }
}
