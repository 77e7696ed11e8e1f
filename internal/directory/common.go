package directory

import (
	"strings"
	"unicode/utf8"
)

// Lists of leaked passwords hold few of fifteen characters and more, and
// nearly all of those are made from a short one: repeated, doubled with
// another, or with digits behind it. So a password is taken apart first, and
// what remains is looked up: the 170 words below stand for all that can be
// made of one or two of them, some 28,000 passwords before any digit.

// commonPassword holds for a password that is built in one of those ways.
func commonPassword(password string) bool {
	s := plain(password)
	if s == "" { // nothing but punctuation
		return distinct(password) <= 4
	}
	if distinct(s) <= 3 || repeats(s) || runs(s) {
		return true
	}
	core := strings.Trim(s, "0123456789")
	return core == "" && runs(s) || madeOfCommon(unleet(core), 3) || madeOfCommon(core, 3)
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// repeats holds for a short unit that is repeated all along.
func repeats(s string) bool {
	const longest = 6
	for n := 1; n <= min(longest, len(s)/2); n++ {
		if strings.Repeat(s[:n], len(s)/n+1)[:len(s)] == s {
			return true
		}
	}
	return false
}

// runs holds for a walk along the alphabet, the digits or the keyboard, in
// pieces of at least four.
func runs(s string) bool {
	const walks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ 01234567890123456789 QWERTYUIOP ASDFGHJKL ZXCVBNM QWERTZUIOP YXCVBNM AZERTYUIOP QSDFGHJKLM " +
		"1QAZ2WSX3EDC4RFV5TGB6YHN7UJM QAZWSXEDCRFVTGBYHNUJM QAYWSXEDCRFVTGBZHNUJM"
	const piece = 4
	back := reversed(walks)
	for s != "" {
		n := 0
		for k := min(len(s), 30); k >= piece; k-- {
			if strings.Contains(walks, s[:k]) || strings.Contains(back, s[:k]) {
				n = k
				break
			}
		}
		if n == 0 {
			return len(s) < piece && strings.Trim(s, "0123456789") == ""
		}
		s = s[n:]
	}
	return true
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// unleet undoes the digits that stand for letters.
func unleet(s string) string {
	return strings.NewReplacer("0", "O", "1", "I", "3", "E", "4", "A", "5", "S", "7", "T", "8", "B").Replace(s)
}

// madeOfCommon holds for at most n common words in a row, digits between them.
func madeOfCommon(s string, n int) bool {
	s = strings.Trim(s, "0123456789")
	if s == "" {
		return true
	}
	if n == 0 || !utf8.ValidString(s) {
		return false
	}
	for w := range strings.FieldsSeq(commonWords) {
		if rest, ok := strings.CutPrefix(s, w); ok && madeOfCommon(rest, n-1) {
			return true
		}
	}
	return false
}

const commonWords = `PASSWORD PASSWORT PASSWORDS PASSPHRASE PASSCODE PASSW PASS PWD SECRET SECRETS SECURE SECURITY LOGIN LOGON SIGNIN
ADMIN ADMINISTRATOR ROOT USER USERS USERNAME GUEST TEST TESTING TESTER DEMO SAMPLE EXAMPLE DEFAULT CHANGE CHANGEME CHANGEIT LETMEIN LETME
OPENSESAME OPEN WELCOME HELLO HELLOWORLD WORLD HI GOODBYE PLEASE THANKYOU TEMP TEMPORARY TEMPPASS INITIAL NEW NEWPASSWORD OLD
MYPASSWORD MY THE IS THIS YOUR ONE TWO THREE FOUR FIVE ABC ABCD ABCDEF QWERTY QWERTZ AZERTY ASDF ASDFGH ZXCVBN QWER QAZWSX
ILOVEYOU ILOVE LOVE LOVELY LOVER LOVEME YOU ME FOREVER ALWAYS BABY HONEY SWEET SWEETIE ANGEL DARLING PRINCESS PRINCE QUEEN KING
MONKEY DRAGON TIGER LION EAGLE SHADOW BUTTERFLY HORSE DOLPHIN KITTY PUPPY BEAR WOLF PANDA BATTERY STAPLE CORRECT CORRECTHORSEBATTERYSTAPLE
FOOTBALL BASEBALL BASKETBALL SOCCER HOCKEY TENNIS GOLF RUNNER MASTER SUPERMAN BATMAN SPIDERMAN SUPER HERO STARWARS POKEMON NARUTO MATRIX
MINECRAFT FORTNITE GAMER GAME SUMMER WINTER SPRING AUTUMN FALL MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY JANUARY FEBRUARY
MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER SUNSHINE RAINBOW FLOWER SUNFLOWER CHOCOLATE COOKIE CHEESE BANANA
ORANGE PURPLE YELLOW GREEN BLUE BLACK WHITE SILVER GOLDEN DIAMOND MONEY MILLION LUCKY FREEDOM FREE HAPPY WHATEVER NOTHING EVERYTHING SOMETHING
TRUSTNO TRUST NOBODY ACCESS GRANTED COMPUTER INTERNET SERVER DATABASE NETWORK WINDOWS MICROSOFT GOOGLE FACEBOOK SAMSUNG APPLE LINUX UBUNTU
MICHAEL JENNIFER JESSICA ASHLEY DANIEL THOMAS CHARLIE ROBERT JORDAN MICHELLE ANDREW JOSHUA GEORGE NICOLE HANNAH AMANDA JESUS CHRIST GOD
AMERICA LONDON PARIS BERLIN CHELSEA LIVERPOOL ARSENAL BARCELONA MERCEDES FERRARI PORSCHE`
