using System.Globalization;

namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Converts whole numbers beyond the range that a Double represents exactly.</summary>
internal static class WholeNumber
{
    /// <summary>
    /// Returns a whole Double below 10^21 as JavaScript writes it: the fewest digits that identify it, then zeros. A decimal holds that
    /// without rounding.
    /// </summary>
    public static decimal ShortestOf(double number) =>
        decimal.Parse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture) + 0m;
}
