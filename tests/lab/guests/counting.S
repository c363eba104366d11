# Prints "NONCE COUNT" four to five times a second and obeys the ACPI power button.
# With DEAF defined it is the same guest without ears. tests/lab/havclab/proof.py reads what it prints.
.include "serial.S"

main:
    set_up
.ifndef DEAF
    listen_to_power_button
.endif
    call make_nonce
    xorl %edi, %edi              # the count
    movb $'\n', %al              # ends the line that a killed boot may have left half printed
    call print_char
next_line:
    movl %ebx, %eax
    call print_hex
    movb $' ', %al
    call print_char
    movl %edi, %eax
    call print_hex
    movb $'\n', %al
    call print_char
    incl %edi
    movw $4, %bp                 # the timer ticks 18.2 times a second
tick:
    hlt
.ifndef DEAF
    test_power_button
    jnz obey
.endif
    decw %bp
    jnz tick
    jmp next_line

.ifndef DEAF
obey:
    movl %ebx, %eax
    call print_hex
    movw $farewell, %si
    call print_text
    power_off
    jmp tick
farewell: .asciz " poweroff\n"
.endif

.org 510
.word 0xaa55
