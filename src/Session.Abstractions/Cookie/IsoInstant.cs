namespace ServerSessions.Payload;

/// <summary>
/// Formats instants as <c>Date.prototype.toISOString</c> does for the years that .NET supports: 24 ASCII characters such as
/// <c>2026-01-31T12:00:00.000Z</c>.
/// </summary>
internal static class IsoInstant
{
    public const int Length = 24;

    private static ReadOnlySpan<byte> Form => "dddd-dd-ddTdd:dd:dd.dddZ"u8;

    public static void Write(DateTimeOffset instant, Span<byte> text)
    {
        var utc = instant.UtcDateTime;
        Form.CopyTo(text);
        Write(text[..4], utc.Year);
        Write(text[5..7], utc.Month);
        Write(text[8..10], utc.Day);
        Write(text[11..13], utc.Hour);
        Write(text[14..16], utc.Minute);
        Write(text[17..19], utc.Second);
        Write(text[20..23], utc.Millisecond);
    }

    /// <summary>Reads only the format that this class writes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length != Length)
        {
            return false;
        }

        for (var i = 0; i < Length; i++)
        {
            if (Form[i] == 'd' ? !char.IsAsciiDigit((char)text[i]) : text[i] != Form[i])
            {
                return false;
            }
        }

        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        if (
            year == 0
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return false;
        }

        instant = new DateTimeOffset(year, month, day, hour, minute, second, Number(text[20..23]), TimeSpan.Zero);
        return true;
    }

    private static void Write(Span<byte> digits, int number)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            (number, var digit) = Math.DivRem(number, 10);
            digits[i] = (byte)('0' + digit);
        }
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + digit - '0';
        }

        return number;
    }
}
