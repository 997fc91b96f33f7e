using System.Globalization;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>Whole numbers beyond those that a Double has all of.</summary>
internal static class WholeNumber
{
    /// <summary>
    /// A whole Double below 10^21 as JavaScript writes it: the fewest digits that lead back to it, then zeros. A decimal holds that without
    /// rounding.
    /// </summary>
    public static decimal ShortestOf(double number) =>
        decimal.Parse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture) + 0m;
}
