using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Distiller.Core.Settings;

/// <summary>
/// Checks an options record against the attributes of its properties, those of the records in it, and what it says of
/// several properties at once (<see cref="IValidatableObject"/>).
/// </summary>
public static class OptionsCheck
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<(PropertyInfo, AllowedValues)>> s_known = new();

    /// <summary>For the constructor or method that takes the options.</summary>
    /// <exception cref="BadInputException">A value is out of its range; the place is <c>TrainingOptions.Rank</c>.</exception>
    public static void Require(object options)
    {
        foreach (var (property, allowed) in s_known.GetOrAdd(options.GetType(), Properties))
        {
            var value = property.GetValue(options);
            if (!allowed.Hold(value))
            {
                throw Bad(options, property.Name, value, allowed.Remedy);
            }

            if (value is not null && Records.Is(property.PropertyType))
            {
                Require(value);
            }
        }

        if (options is IValidatableObject several)
        {
            foreach (var fault in several.Validate(new ValidationContext(options)))
            {
                var name = fault.MemberNames.First();
                var value = options.GetType().GetProperty(name)!.GetValue(options);
                throw Bad(options, name, value, fault.ErrorMessage!);
            }
        }
    }

    private static BadInputException Bad(object options, string property, object? value, string remedy)
    {
        var text = value is IEnumerable<int> list ? $"[{string.Join(", ", list)}]" : $"{value}";
        return new BadInputException(
            SourceLocation.Option($"{options.GetType().Name}.{property}"),
            $"{text} is out of range.",
            remedy
        );
    }

    private static IReadOnlyList<(PropertyInfo, AllowedValues)> Properties(Type type) =>
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p =>
                    p.SetMethod is not null
                    && (p.IsDefined(typeof(ValidationAttribute)) || p.PropertyType.IsEnum || Records.Is(p.PropertyType))
                )
                .Select(p => (p, new AllowedValues(p))),
        ];
}

/// <summary>Why a text is no value of a setting.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="Remedy">One sentence: which values there are.</param>
public sealed record SettingFault(string Reason, string Remedy);
